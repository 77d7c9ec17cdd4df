import { createFileRoute } from "@tanstack/react-router";
import { AuthPage } from "@/account/AuthPage";
import { targetName } from "@/account/deepLink";
import { type EntrySearch, enterIfSignedIn, entrySearch } from "@/account/entryRoute";
import { SignInForm } from "@/account/SignInForm";
import { useFollowEntry } from "@/account/useFollowEntry";
import { usePageTitle } from "@/shell/usePageTitle";

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search): EntrySearch => entrySearch(search),
  beforeLoad: ({ search }) => enterIfSignedIn(search),
  component: SignIn,
});

function SignIn() {
  usePageTitle("Sign in");
  useFollowEntry();
  const { to } = entrySearch({ ...Route.useSearch() });
  const target = targetName(to);
  return (
    <AuthPage
      title="Sign in"
      lead={
        target && (
          <>
            You will go straight to {target.text}
            {target.code && <span className="code-12">{target.code}</span>}.
          </>
        )
      }
    >
      <SignInForm to={to} />
    </AuthPage>
  );
}
