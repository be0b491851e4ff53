/** The Fluent tokens that css/FlowButton.css uses, each with its light value there as a fallback. */
const TOKENS = [
  "borderRadiusMedium",
  "colorBrandBackground",
  "colorBrandBackgroundHover",
  "colorBrandBackgroundPressed",
  "colorBrandStroke1",
  "colorBrandStroke2",
  "colorNeutralBackground1",
  "colorNeutralBackground1Hover",
  "colorNeutralBackground1Pressed",
  "colorNeutralBackground3",
  "colorNeutralBackgroundDisabled",
  "colorNeutralForeground1",
  "colorNeutralForeground2",
  "colorNeutralForeground3",
  "colorNeutralForegroundDisabled",
  "colorNeutralForegroundOnBrand",
  "colorNeutralStroke1",
  "colorNeutralStrokeDisabled",
  "colorStatusDangerBackground1",
  "colorStatusDangerBorder1",
  "colorStatusDangerForeground1",
  "colorStatusSuccessForeground1",
  "colorStatusWarningBackground1",
  "colorStatusWarningBorder1",
  "colorStatusWarningForeground1",
  "colorStrokeFocus1",
  "colorStrokeFocus2",
  "fontFamilyBase",
] as const;

/** Puts the platform's theme on the control, dark or of a company's colours; without one the stylesheet's light values hold. */
export function applyTheme(root: HTMLElement, design?: ComponentFramework.FluentDesignState): void {
  const theme = (design?.tokenTheme ?? {}) as Record<string, unknown>;
  for (const token of TOKENS) {
    const value = theme[token];
    if (typeof value === "string") root.style.setProperty(`--${token}`, value);
    else root.style.removeProperty(`--${token}`);
  }
  root.style.colorScheme = design?.isDarkTheme ? "dark" : "";
}
