import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { Input } from "@/ui/Field";
import { IconButton } from "@/ui/IconButton";

/** A password that can be shown. The button keeps the field's focus and the text's cursor. */
export function PasswordInput(props: ComponentProps<typeof Input>) {
  const [shown, setShown] = useState(false);
  return (
    <Input
      {...props}
      type={shown ? "text" : "password"}
      autoCapitalize="none"
      spellCheck={false}
      after={
        <IconButton
          size="sm"
          label={shown ? "Hide password" : "Show password"}
          aria-pressed={shown}
          icon={shown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => setShown(!shown)}
          className="-mr-1.5"
        />
      }
    />
  );
}
