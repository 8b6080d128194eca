import { Menu as Base } from '@base-ui/react/menu'
import type { ReactNode } from 'react'

export interface MenuProps {
  /** The content of the button that opens the menu. */
  trigger: ReactNode
  /** Names the button for screen readers. */
  label: string
  triggerClass?: string
  /** For a menu that was loaded because the user opened it. */
  defaultOpen?: boolean
  children: ReactNode
}

export function Menu({ trigger, label, triggerClass, defaultOpen, children }: MenuProps) {
  return (
    <Base.Root modal={false} defaultOpen={defaultOpen}>
      <Base.Trigger aria-label={label} className={triggerClass}>
        {trigger}
      </Base.Trigger>
      <Base.Portal>
        {/* Fixed, because it opens from the header: a menu positioned in the page follows the header a frame too late, and moves away from a click. */}
        <Base.Positioner positionMethod="fixed" sideOffset={8} align="end" className="z-50">
          <Base.Popup className="min-w-52 rounded-2xl border border-line bg-surface p-1.5 shadow-float outline-none transition data-ending-style:scale-95 data-ending-style:opacity-0 data-starting-style:scale-95 data-starting-style:opacity-0">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

const ITEM =
  'flex min-h-11 w-full cursor-pointer items-center gap-3 rounded-xl px-3.5 text-left outline-none data-highlighted:bg-sunken'

export function MenuItem({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  return (
    <Base.Item onClick={onSelect} className={ITEM}>
      {children}
    </Base.Item>
  )
}

/** An item that leads to another screen; `render` is the link. */
export function MenuLink({ render, children }: { render: React.ReactElement; children: ReactNode }) {
  return (
    <Base.Item render={render} className={ITEM}>
      {children}
    </Base.Item>
  )
}

export function MenuDivider() {
  return <Base.Separator className="mx-3 my-1.5 h-px bg-line" />
}
