import { createFileRoute } from "@tanstack/react-router";
import { Appearance } from "@/settings/Appearance";

export const Route = createFileRoute("/_yard/settings/appearance")({ component: Appearance });
