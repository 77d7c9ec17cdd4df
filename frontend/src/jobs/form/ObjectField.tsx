import { isObject } from "@/api/exactJson";
import { cx } from "@/ui/cx";
import { useForm } from "./formContext";
import { Group } from "./Group";
import { type FieldOf, hintOf, isWide, noteOf, SchemaField } from "./SchemaField";

/** Named fields, two in a row where they are short. */
export function ObjectField({ path, name, shape, value, required, bare = false }: FieldOf<"object">) {
  const form = useForm();
  const fields = shape.fields.filter((field) => field.shape.is !== "fixed");
  const grid = (
    <div className="grid gap-4 md:grid-cols-2">
      {fields.map((field) => (
        <div key={field.name} className={cx("min-w-0", isWide(field.shape, field.name) && "md:col-span-2")}>
          <SchemaField
            path={[...path, field.name]}
            name={field.name}
            shape={field.shape}
            value={isObject(value) && Object.hasOwn(value, field.name) ? value[field.name] : undefined}
            required={field.required}
          />
        </div>
      ))}
    </div>
  );
  if (bare) return grid;
  return (
    <Group
      name={name}
      note={noteOf({ shape, required })}
      hint={hintOf({ shape, required })}
      error={form.errorAt(path)}
    >
      {grid}
    </Group>
  );
}
