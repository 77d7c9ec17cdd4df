/** Jobyard's mark: a switch in hi-vis, the J that leads to the siding. */
export function Mark({ className = "size-6" }: { className?: string }) {
  return (
    <svg className={className} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="var(--hv)" />
      <rect
        x=".5"
        y=".5"
        width="23"
        height="23"
        rx="5.5"
        fill="none"
        stroke="var(--hv-edge)"
        vectorEffect="non-scaling-stroke"
      />
      <g fill="none" stroke="var(--hv-ink)" strokeWidth="2.3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M11.4 4.8v10.8a3.5 3.5 0 0 1-6.8 1.2" />
        <path d="M18.4 9.7c0 4-7 2.3-7 6.1" />
      </g>
      <rect x="16.2" y="3.7" width="4.4" height="4" rx="1.2" fill="var(--hv-ink)" />
    </svg>
  );
}
