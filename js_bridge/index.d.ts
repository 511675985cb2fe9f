// The types of the whole package: what its modules export, and the elements that it defines.

import type { AppErrorEvent, AppPanel, AppProgressEvent, AppResultEvent, ModelsPanel, ScriptOutput } from "./pyinfer.js";

export * from "./pyinfer.js";

interface AppPanelEvents {
  error: AppErrorEvent;
  progress: AppProgressEvent;
  result: AppResultEvent;
}

declare module "./app_panel.js" {
  interface AppPanel {
    addEventListener<Type extends keyof AppPanelEvents>(
      type: Type,
      listener: (this: AppPanel, event: AppPanelEvents[Type]) => unknown,
      options?: boolean | AddEventListenerOptions,
    ): void;
    addEventListener(
      type: string,
      listener: EventListenerOrEventListenerObject,
      options?: boolean | AddEventListenerOptions,
    ): void;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "pyinfer-app": AppPanel;
    "pyinfer-models": ModelsPanel;
    "pyinfer-output": ScriptOutput;
  }
}
