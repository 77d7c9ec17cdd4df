// Somebody with an account, and what they can do without the page.
import { type APIRequestContext, type APIResponse, expect } from "@playwright/test";

export interface JobRequest {
  kind: string;
  payload?: unknown;
  priority?: "high" | "medium" | "low";
  delay_seconds?: number;
  max_attempts?: number;
  backoff?: { strategy: "exponential" | "fixed"; base_seconds: number };
  timeout_seconds?: number;
  tags?: readonly string[];
  after?: readonly string[];
  run_at?: string;
}

export interface JobAnswer {
  id: string;
  state: string;
  kind: string;
  priority: string;
  progress: { fraction: number } | null;
}

export class Person {
  readonly email: string;
  readonly password: string;
  readonly #request: APIRequestContext;
  readonly #origin: string;
  readonly #token: string;

  private constructor(request: APIRequestContext, origin: string, account: Account, token: string) {
    this.email = account.email;
    this.password = account.password;
    this.#request = request;
    this.#origin = origin;
    this.#token = token;
  }

  /** Makes an account. With a browser context's own `request` that browser is signed in by it. */
  static async signUp(
    request: APIRequestContext,
    origin: string,
    name = "Mara Lind",
    account = newAccount(),
  ): Promise<Person> {
    const { email, password } = account;
    const response = await request.post(`${origin}/signup`, { data: { email, password, name } });
    expect(response.status(), await response.text()).toBe(201);
    const { access_token } = (await response.json()) as { access_token: string };
    return new Person(request, origin, account, access_token);
  }

  get(path: string): Promise<APIResponse> {
    return this.#request.get(this.#origin + path, { headers: this.#headers() });
  }

  post(path: string, data?: object): Promise<APIResponse> {
    return this.#request.post(this.#origin + path, { headers: this.#headers(), ...(data ? { data } : {}) });
  }

  patch(path: string, data: object): Promise<APIResponse> {
    return this.#request.patch(this.#origin + path, { headers: this.#headers(), data });
  }

  async submit(job: JobRequest): Promise<JobAnswer> {
    const response = await this.post("/jobs", job);
    expect(response.status(), await response.text()).toBe(201);
    return (await response.json()) as JobAnswer;
  }

  async submitAll(jobs: readonly JobRequest[]): Promise<string[]> {
    const response = await this.post("/jobs/batch", { jobs });
    expect(response.status(), await response.text()).toBe(201);
    return ((await response.json()) as { ids: string[] }).ids;
  }

  async job(id: string): Promise<JobAnswer> {
    const response = await this.get(`/jobs/${id}`);
    expect(response.status(), await response.text()).toBe(200);
    return (await response.json()) as JobAnswer;
  }

  /** Waits until the job is in this state. */
  async until(id: string, state: string): Promise<void> {
    await expect.poll(async () => (await this.job(id)).state, { message: `state of ${id}` }).toBe(state);
  }

  #headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.#token}` };
  }
}

export interface Account {
  email: string;
  password: string;
}

export function newAccount(): Account {
  return { email: `mara.${crypto.randomUUID().slice(0, 12)}@example.org`, password: "shunting yard at noon" };
}
