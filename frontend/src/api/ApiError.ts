/** One thing that is wrong with a request: where (a JSON pointer, or `?name` for a query parameter) and why. */
export interface FieldError {
  pointer: string;
  message: string;
}

interface Problem {
  title?: unknown;
  detail?: unknown;
  errors?: unknown;
}

/**
 * An answer that is not a success, made from RFC 9457 problem+json; `status` 0 means that no answer came at all.
 * `requestId` is what to give to an operator: it is in every log line of that request.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(
    status: number,
    title: string,
    detail: string,
    more: { errors?: FieldError[]; requestId?: string | null; retryAfterSeconds?: number | null } = {},
  ) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.errors = more.errors ?? [];
    this.requestId = more.requestId ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
  }

  /** Reads the problem out of a response. Never throws: a proxy's HTML page becomes its status line. */
  static async from(response: Response): Promise<ApiError> {
    const problem = await readProblem(response);
    const title = text(problem.title) ?? statusLine(response);
    return new ApiError(response.status, title, text(problem.detail) ?? title, {
      errors: fieldErrors(problem.errors),
      requestId: response.headers.get("X-Request-Id"),
      retryAfterSeconds: seconds(response.headers.get("Retry-After")),
    });
  }

  /** The server could not be reached, or did not answer in time. */
  static unreachable(cause: unknown): ApiError {
    const late = cause instanceof DOMException && cause.name === "TimeoutError";
    const detail = late ? "The server did not answer in time." : "The server can't be reached.";
    const error = new ApiError(0, "No answer", detail);
    error.cause = cause;
    return error;
  }

  /** Worth another try by itself: nothing was wrong with the request. */
  get isPassing(): boolean {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }

  /** What the server says about one field, for the place beside it. */
  messageFor(pointer: string): string | undefined {
    return this.errors.find((error) => error.pointer === pointer)?.message;
  }
}

async function readProblem(response: Response): Promise<Problem> {
  if (!response.headers.get("Content-Type")?.includes("json")) return {};
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function seconds(header: string | null): number | null {
  const value = Number(header);
  return header && Number.isFinite(value) && value >= 0 ? value : null;
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { pointer, message } = entry as Partial<FieldError>;
    return typeof pointer === "string" && typeof message === "string" ? [{ pointer, message }] : [];
  });
}

function statusLine({ status, statusText }: Response): string {
  return statusText ? `${status} ${statusText}` : `Status ${status}`;
}
