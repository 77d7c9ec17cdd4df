import { useState } from "react";
import { Seg } from "@/ui/Seg";
import { useForm } from "./formContext";
import { Group } from "./Group";
import { Select } from "./leafFields";
import { type FieldOf, hintOf, noteOf, SchemaField } from "./SchemaField";
import type { Shape } from "./shape";
import { branchOf, startValue } from "./startValue";

/** More than these do not fit beside each other. */
const SEG_LIMIT = 4;

/** One of several things: which, and then its own controls. */
export function UnionField({ path, name, shape, value, required, kept = false }: FieldOf<"union">) {
  const form = useForm();
  const found = branchOf(shape.branches, value);
  // An empty value tells nothing: then what was chosen last counts.
  const [chosen, setChosen] = useState(Math.max(found, 0));
  const index = found >= 0 ? found : chosen;
  const branch = shape.branches[index];
  const choose = (next: number) => {
    setChosen(next);
    const start = shape.branches[next];
    if (start) form.change(path, startsEmpty(start) && !kept ? undefined : startValue(start));
  };
  const labels = labelsOf(shape.branches);
  return (
    <Group
      name={name}
      note={noteOf({ shape, required })}
      hint={hintOf({ shape, required })}
      error={branch?.is === "object" || branch?.is === "fixed" ? form.errorAt(path) : undefined}
    >
      {labels.length <= SEG_LIMIT ? (
        <Seg
          label={`Which ${name}`}
          className="self-start"
          value={String(index)}
          onChange={(next) => choose(Number(next))}
          options={labels.map((label, place) => ({ value: String(place), label }))}
        />
      ) : (
        <Select
          aria-label={`Which ${name}`}
          value={index}
          onChange={choose}
          options={labels.map((label, place) => ({ value: place, label }))}
        />
      )}
      {branch && (
        <SchemaField
          // Another branch is other controls, even of the same type.
          key={index}
          path={path}
          name={name}
          shape={{
            ...branch,
            description: branch.description === shape.description ? null : branch.description,
          }}
          value={value}
          required={required}
          kept={kept}
          bare
        />
      )}
    </Group>
  );
}

function startsEmpty(shape: Shape): boolean {
  return shape.is === "text" || shape.is === "number" || shape.is === "choice" || shape.is === "json";
}

/** A branch by its tag ('card'), else its title, else its type; numbered when these are the same. */
function labelsOf(branches: readonly Shape[]): string[] {
  const names = branches.map((branch) => tagOf(branch) ?? branch.title ?? branch.word);
  return names.map((name, index) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} ${index + 1}`,
  );
}

function tagOf(branch: Shape): string | undefined {
  if (branch.is === "fixed") return String(branch.value);
  if (branch.is !== "object") return undefined;
  const tag = branch.fields.find((field) => field.shape.is === "fixed")?.shape;
  return tag?.is === "fixed" && typeof tag.value === "string" ? tag.value : undefined;
}
