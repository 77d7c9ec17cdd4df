import { createFileRoute } from "@tanstack/react-router";
import { YourData } from "@/settings/YourData";

export const Route = createFileRoute("/_yard/settings/data")({ component: YourData });
