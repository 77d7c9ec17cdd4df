import { useIsAdmin } from "@/api/useUser";
import { Dialog } from "@/ui/Dialog";
import { Kbd } from "@/ui/Kbd";

/** Every key that does something, by where it works. A screen with keys of its own adds its group here. */
const GROUPS: readonly { title: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "Search or run"],
      ["n", "New job"],
      ["g o", "Go to the overview"],
      ["g j", "Go to the jobs"],
      ["g d", "Go to the dead letters"],
      ["g n", "Go to the notifications"],
      ["t", "Switch between light and dark"],
      ["?", "This help"],
      ["Alt T", "Jump to the messages at the bottom"],
    ],
  },
  {
    title: "In the jobs table",
    keys: [
      ["j", "Next row"],
      ["k", "Row before"],
      ["Enter", "Open the job"],
      ["x", "Pick the row"],
      ["Shift X", "Pick all rows up to it"],
      ["r", "Retry"],
      ["c", "Cancel"],
      ["y", "Copy the ids"],
      ["/", "Search"],
      ["f", "Only failed ones, and back"],
      [".", "Show new rows"],
      ["Esc", "Pick none"],
    ],
  },
  {
    title: "On a job's page",
    keys: [
      ["r", "Retry, or run now"],
      ["c", "Cancel"],
      ["e", "Change priority, time, attempts or tags"],
      ["j", "Next job of the list"],
      ["k", "Job before"],
      ["y", "Copy the id"],
    ],
  },
  {
    title: "On a chart",
    keys: [
      ["Left Right", "Tell the figures of one time"],
      ["Home End", "The first, the last"],
      ["Esc", "Back to the whole"],
    ],
  },
  {
    title: "In the notifications",
    keys: [
      ["j", "Next one"],
      ["k", "One before"],
      ["Enter", "Open it"],
      ["m", "Mark it as read"],
      ["Shift M", "Mark all as read"],
      [".", "Show new ones"],
    ],
  },
];

/** Theirs alone: the others' keys lead nowhere. */
const FOR_ADMINISTRATORS: typeof GROUPS = [
  {
    title: "For administrators",
    keys: [
      ["g u", "Go to the users"],
      ["g a", "Go to the audit log"],
    ],
  },
];

export default function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const isAdmin = useIsAdmin();
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      {[...GROUPS, ...(isAdmin ? FOR_ADMINISTRATORS : [])].map((group) => (
        <section key={group.title} className="not-first:mt-4">
          <h3 className="mb-1 text-12 font-medium text-fg-3">{group.title}</h3>
          <dl>
            {group.keys.map(([keys, what]) => (
              <div key={keys} className="flex min-h-8 items-center gap-2 border-b last:border-b-0">
                <dt className="order-2 flex gap-1">
                  {keys.split(" ").map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dt>
                <dd className="flex-1">{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
