import { createFileRoute } from "@tanstack/react-router";
import { type EntrySearch, entrySearch } from "@/account/entryRoute";
import { ForgotPassword } from "@/account/ForgotPassword";

export const Route = createFileRoute("/forgot-password")({
  validateSearch: (search): EntrySearch => entrySearch(search),
  component: Screen,
});

function Screen() {
  const { to } = entrySearch({ ...Route.useSearch() });
  return <ForgotPassword to={to} />;
}
