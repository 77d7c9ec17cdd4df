import { createFileRoute } from "@tanstack/react-router";
import { usePageTitle } from "@/shell/usePageTitle";
import { Head } from "@/ui/Panel";

export const Route = createFileRoute("/_yard/jobs/new")({ component: Screen });

function Screen() {
  usePageTitle("New job");
  return <Head title="New job" />;
}
