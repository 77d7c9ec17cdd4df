import { createFileRoute } from "@tanstack/react-router";
import { takeToken } from "@/account/linkToken";
import { VerifyEmail } from "@/account/VerifyEmail";

export const Route = createFileRoute("/verify-email")({
  beforeLoad: ({ location }) => takeToken(location, "token", "/verify-email"),
  component: VerifyEmail,
});
