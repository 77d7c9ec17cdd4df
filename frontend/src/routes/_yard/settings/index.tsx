import { createFileRoute } from "@tanstack/react-router";
import { Profile } from "@/settings/Profile";

export const Route = createFileRoute("/_yard/settings/")({ component: Profile });
