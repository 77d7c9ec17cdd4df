import { ButtonLink } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { usePageTitle } from "./usePageTitle";

export function NotFound() {
  usePageTitle("Not found");
  return (
    <main className="flex min-h-dvh bg-surface">
      <Empty
        title="No track leads here"
        heading="h1"
        actions={<ButtonLink to="/">Go to the overview</ButtonLink>}
      >
        The address may be mistyped, or what it named is gone.
      </Empty>
    </main>
  );
}
