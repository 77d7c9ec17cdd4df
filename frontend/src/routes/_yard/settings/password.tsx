import { createFileRoute } from "@tanstack/react-router";
import { Password } from "@/settings/Password";

export const Route = createFileRoute("/_yard/settings/password")({ component: Password });
