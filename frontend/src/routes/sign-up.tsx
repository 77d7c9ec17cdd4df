import { createFileRoute } from "@tanstack/react-router";
import { type EntrySearch, enterIfSignedIn, entrySearch } from "@/account/entryRoute";
import { takeToken } from "@/account/linkToken";
import { SignUp } from "@/account/SignUp";
import { useFollowEntry } from "@/account/useFollowEntry";

export const Route = createFileRoute("/sign-up")({
  validateSearch: (search): EntrySearch => entrySearch(search),
  beforeLoad: async ({ search, location }) => {
    takeToken(location, "invitation", "/sign-up");
    await enterIfSignedIn(search);
  },
  component: Screen,
});

function Screen() {
  useFollowEntry();
  const { to } = entrySearch({ ...Route.useSearch() });
  return <SignUp to={to} />;
}
