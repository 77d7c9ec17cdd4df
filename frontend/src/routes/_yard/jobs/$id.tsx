import { createFileRoute } from "@tanstack/react-router";
import { usePageTitle } from "@/shell/usePageTitle";
import { Head } from "@/ui/Panel";

export const Route = createFileRoute("/_yard/jobs/$id")({ component: Screen });

function Screen() {
  usePageTitle("Job");
  return <Head title="Job" />;
}
