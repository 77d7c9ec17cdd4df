/** On or off, at once. In ink, not hi-vis: it is a setting and not the next step. */
export function Switch({
  label,
  checked,
  onChange,
}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-label={label}
      aria-checked={checked}
      onClick={() => onChange(!checked)}
      className="group relative h-6 w-8 shrink-0 before:absolute before:inset-x-0 before:inset-y-[3px] before:rounded-full before:bg-control aria-checked:before:bg-ink"
    >
      <span className="absolute top-[5px] left-0.5 size-3.5 rounded-full bg-white transition-transform duration-90 ease-out group-aria-checked:translate-x-3.5 group-aria-checked:bg-ink-fg" />
    </button>
  );
}
