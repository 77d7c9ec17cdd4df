import { createFileRoute } from "@tanstack/react-router";
import { Sessions } from "@/settings/Sessions";

export const Route = createFileRoute("/_yard/settings/sessions")({ component: Sessions });
