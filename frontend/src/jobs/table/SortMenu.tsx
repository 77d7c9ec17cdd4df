import { ArrowDownWideNarrow } from "lucide-react";
import { Button } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import { ORDERS, type Order } from "./filters";

const OPTIONS = Object.entries(ORDERS).map(([value, { word }]) => ({ value, label: word }));

/** Which jobs come first. */
export function SortMenu({ order, onChange }: { order: Order; onChange: (order: Order) => void }) {
  return (
    <Menu
      align="end"
      trigger={
        <Button
          look="ghost"
          className="flex-none"
          aria-label={`Order: ${ORDERS[order].word}`}
          icon={<ArrowDownWideNarrow aria-hidden="true" />}
        >
          {ORDERS[order].word}
        </Button>
      }
      entries={[
        {
          choice: "Order",
          value: order,
          options: OPTIONS,
          onChange: (value: string) => onChange(value as Order),
        },
      ]}
    />
  );
}
