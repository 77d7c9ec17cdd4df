import { createFileRoute } from "@tanstack/react-router";
import { takeToken } from "@/account/linkToken";
import { ResetPassword } from "@/account/ResetPassword";

export const Route = createFileRoute("/reset-password")({
  beforeLoad: ({ location }) => takeToken(location, "token", "/reset-password"),
  component: ResetPassword,
});
