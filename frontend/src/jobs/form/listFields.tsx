import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { isObject, type Json } from "@/api/exactJson";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Input } from "@/ui/Field";
import { IconButton } from "@/ui/IconButton";
import { useForm } from "./formContext";
import { Group } from "./Group";
import { objectFrom } from "./pointer";
import { type FieldOf, hintOf, noteOf, SchemaField } from "./SchemaField";
import { startValue } from "./startValue";

/** Items in an order, each with its own controls. */
export function ListField({ path, name, shape, value, required }: FieldOf<"list">) {
  const form = useForm();
  const items = Array.isArray(value) ? value : [];
  const keys = useKeys(items.length);
  const remove = (index: number) => {
    keys.remove(index);
    const left = items.filter((_, place) => place !== index);
    form.change(path, left.length === 0 && !required ? undefined : left);
  };
  return (
    <Group
      name={name}
      note={`${noteOf({ shape, required })}, ${items.length === 1 ? "1 item" : `${items.length} items`}`}
      hint={hintOf({ shape, required })}
      error={form.errorAt(path)}
      end={
        <AddButton
          what={`an item to ${name}`}
          disabled={items.length >= shape.maxItems}
          onClick={() => form.change(path, [...items, startValue(shape.item)])}
        />
      }
    >
      {items.map((item, index) => (
        <Removable
          key={keys.at(index)}
          label={`Remove item ${index + 1} of ${name}`}
          onRemove={() => remove(index)}
        >
          <SchemaField
            path={[...path, index]}
            name={shape.item.title ? `${shape.item.title} ${index + 1}` : `${index + 1}`}
            shape={shape.item}
            value={item}
            required
            kept
          />
        </Removable>
      ))}
      {items.length === 0 && <p className="text-12 text-fg-3">Nothing in it.</p>}
    </Group>
  );
}

/** A fixed number of items, each of its own kind. */
export function TupleField({ path, name, shape, value, required }: FieldOf<"tuple">) {
  const form = useForm();
  if (!Array.isArray(value)) {
    return (
      <Group
        name={name}
        note={noteOf({ shape, required })}
        hint={hintOf({ shape, required })}
        error={form.errorAt(path)}
        end={<AddButton what={name} onClick={() => form.change(path, startValue(shape))} />}
      >
        <p className="text-12 text-fg-3">Not set.</p>
      </Group>
    );
  }
  const fields = shape.items.map((item, index) => (
    <SchemaField
      // biome-ignore lint/suspicious/noArrayIndexKey: the places of a tuple are its names
      key={index}
      path={[...path, index]}
      name={item.title ?? `${index + 1}`}
      shape={item}
      value={value[index]}
      required
      kept
    />
  ));
  const body = <div className="grid flex-1 gap-3 md:grid-cols-2">{fields}</div>;
  return (
    <Group
      name={name}
      note={noteOf({ shape, required })}
      hint={hintOf({ shape, required })}
      error={form.errorAt(path)}
    >
      {required ? (
        body
      ) : (
        <Removable label={`Take ${name} away`} onRemove={() => form.change(path, undefined)}>
          {body}
        </Removable>
      )}
    </Group>
  );
}

interface Row {
  id: number;
  key: string;
  value: Json;
}

/** Names that the person gives, each with a value: headers, labels. A row without a name is not sent. */
export function MapField({ path, name, shape, value, required }: FieldOf<"map">) {
  const form = useForm();
  const next = useRef(0);
  const [rows, setRows] = useState<Row[]>(() =>
    Object.entries(isObject(value) ? value : {}).map(([key, item]) => ({
      id: next.current++,
      key,
      value: item,
    })),
  );
  const update = (changed: Row[]) => {
    setRows(changed);
    const named = changed.filter((row) => row.key !== "");
    const twice = named.find((row, index) => named.findIndex((other) => other.key === row.key) !== index);
    form.setBroken(path, twice ? `${twice.key} is there twice.` : null);
    form.change(
      path,
      named.length === 0 && !required ? undefined : objectFrom(named.map((row) => [row.key, row.value])),
    );
  };
  const set = (id: number, part: Partial<Row>) =>
    update(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <Group
      name={name}
      note={noteOf({ shape, required })}
      hint={hintOf({ shape, required })}
      error={form.errorAt(path)}
      end={
        <AddButton
          what={`an entry to ${name}`}
          onClick={() => setRows([...rows, { id: next.current++, key: "", value: startValue(shape.item) }])}
        />
      }
    >
      {rows.map((row) => (
        <Removable
          key={row.id}
          label={`Remove ${row.key || "this entry"} of ${name}`}
          onRemove={() => update(rows.filter((other) => other.id !== row.id))}
        >
          <MapRow
            {...{ row, shape, name }}
            error={row.key === "" ? undefined : form.errorAt([...path, row.key])}
            onKey={(key) => set(row.id, { key })}
            onValue={(item) => set(row.id, { value: item })}
            path={[...path, row.key]}
          />
        </Removable>
      ))}
      {rows.length === 0 && <p className="text-12 text-fg-3">Nothing in it.</p>}
    </Group>
  );
}

function MapRow({
  row,
  shape,
  name,
  error,
  path,
  onKey,
  onValue,
}: {
  row: Row;
  shape: FieldOf<"map">["shape"];
  name: string;
  error: string | undefined;
  path: FieldOf<"map">["path"];
  onKey: (key: string) => void;
  onValue: (value: Json) => void;
}) {
  const form = useForm();
  const plain = shape.item.is === "text";
  return (
    <div className={cx("min-w-0 flex-1", plain && "grid gap-2 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]")}>
      <Input
        aria-label={`Name of an entry of ${name}`}
        placeholder="Name"
        autoComplete="off"
        spellCheck={false}
        value={row.key}
        onChange={(event) => onKey(event.target.value)}
        onBlur={() => form.leave(path)}
      />
      {plain ? (
        <Input
          aria-label={`Value of ${row.key || "the entry"}`}
          aria-invalid={error ? true : undefined}
          placeholder="Value"
          autoComplete="off"
          spellCheck={false}
          value={typeof row.value === "string" ? row.value : ""}
          onChange={(event) => onValue(event.target.value)}
          onBlur={() => form.leave(path)}
        />
      ) : (
        row.key !== "" && (
          <div className="mt-2">
            <SchemaField path={path} name={row.key} shape={shape.item} value={row.value} required kept />
          </div>
        )
      )}
      {plain && error && (
        <p role="alert" className="col-span-full text-12 text-failed">
          {error}
        </p>
      )}
    </div>
  );
}

function AddButton({ what, ...rest }: { what: string; disabled?: boolean; onClick: () => void }) {
  return (
    <Button {...rest} size="sm" look="ghost" aria-label={`Add ${what}`} icon={<Plus aria-hidden="true" />}>
      Add
    </Button>
  );
}

function Removable({
  label,
  onRemove,
  children,
}: {
  label: string;
  onRemove: () => void;
  children: React.ReactNode;
}) {
  return (
    <div className="flex items-start gap-1.5">
      <div className="flex min-w-0 flex-1">
        <div className="min-w-0 flex-1">{children}</div>
      </div>
      <IconButton label={label} icon={<X aria-hidden="true" />} onClick={onRemove} className="mt-0.5" />
    </div>
  );
}

/** Items have no names: each gets a key when it comes, so that removing one does not mix up the others' controls. */
function useKeys(length: number) {
  const keys = useRef<number[]>([]);
  const next = useRef(0);
  while (keys.current.length < length) keys.current.push(next.current++);
  keys.current.length = length;
  return {
    at: (index: number) => keys.current[index],
    remove: (index: number) => keys.current.splice(index, 1),
  };
}
