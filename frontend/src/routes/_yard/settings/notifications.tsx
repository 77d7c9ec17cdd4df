import { createFileRoute } from "@tanstack/react-router";
import { TellMe } from "@/settings/TellMe";

export const Route = createFileRoute("/_yard/settings/notifications")({ component: TellMe });
