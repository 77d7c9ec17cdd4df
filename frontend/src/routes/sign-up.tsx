import { createFileRoute } from "@tanstack/react-router";
import { AuthPage } from "@/account/AuthPage";
import { type EntrySearch, enterIfSignedIn, entrySearch } from "@/account/entryRoute";
import { SignUpForm } from "@/account/SignUpForm";
import { usePageTitle } from "@/shell/usePageTitle";

export const Route = createFileRoute("/sign-up")({
  validateSearch: (search): EntrySearch => entrySearch(search),
  beforeLoad: ({ search }) => enterIfSignedIn(search),
  component: SignUp,
});

function SignUp() {
  usePageTitle("Make an account");
  const { to } = entrySearch({ ...Route.useSearch() });
  return (
    <AuthPage title="Make an account" lead="Your jobs are yours: nobody else sees them but the operators.">
      <SignUpForm to={to} />
    </AuthPage>
  );
}
