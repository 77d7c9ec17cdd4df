import { createFileRoute } from "@tanstack/react-router";
import { ApiKeys } from "@/settings/ApiKeys";

export const Route = createFileRoute("/_yard/settings/api-keys")({ component: ApiKeys });
