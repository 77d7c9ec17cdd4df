export function NewJob(_props: { kind: string | undefined; from: string | undefined }) {
  return null;
}
