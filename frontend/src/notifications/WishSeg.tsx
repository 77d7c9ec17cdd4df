import type { Ends } from "@/api/notifications";
import { Seg } from "@/ui/Seg";
import { WISHES, type Wish, wishOf } from "./tellMe";

/** All, failures only, or none; nothing is pressed where it is something else. */
export function WishSeg({
  label,
  ends,
  onChange,
}: {
  label: string;
  ends: Ends;
  onChange: (wish: Wish) => void;
}) {
  return (
    <Seg<Wish | "">
      label={label}
      value={wishOf(ends) ?? ""}
      options={WISHES}
      onChange={(wish) => wish && onChange(wish)}
    />
  );
}
