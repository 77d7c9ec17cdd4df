import { createFileRoute } from "@tanstack/react-router";
import { Settings } from "@/settings/Settings";

export const Route = createFileRoute("/_yard/settings")({ component: Settings });
