import { ChevronLeft } from 'lucide-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../state/settings.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import { Page } from '../../ui/Page.tsx';
import { AboutSection } from './AboutSection.tsx';
import { AlertsSection } from './alerts/AlertsSection.tsx';
import { DataSection } from './data/DataSection.tsx';
import { HelpSection } from './help/HelpSection.tsx';
import { DesktopSection } from './DesktopSection.tsx';
import { GeneralSection } from './GeneralSection.tsx';
import { GatewaySection } from './gateway/GatewaySection.tsx';
import { HubSection } from './hub/HubSection.tsx';
import { MachineSection } from './machine/MachineSection.tsx';
import { ModelsSection } from './models/ModelsSection.tsx';
import { PrivacySection } from './privacy/PrivacySection.tsx';
import { sectionOf, sectionsFor } from './sections.ts';
import type { SectionName } from './sections.ts';
import { ServerSection } from './ServerSection.tsx';
import styles from './SettingsPage.module.css';
import { UpdatesSection } from './updates/UpdatesSection.tsx';

export interface SettingsPageProps {
  /** From the address; absent shows the first section, or the list alone on narrow windows. */
  readonly section: string | undefined;
}

const content: Readonly<Record<SectionName, () => JSX.Element | null>> = {
  general: GeneralSection,
  models: ModelsSection,
  hub: HubSection,
  privacy: PrivacySection,
  server: ServerSection,
  gateway: GatewaySection,
  alerts: AlertsSection,
  desktop: DesktopSection,
  machine: MachineSection,
  updates: UpdatesSection,
  data: DataSection,
  help: HelpSection,
  about: AboutSection,
};

/** Rare decisions. Each acts at once; there is no Save. */
export function SettingsPage({ section }: SettingsPageProps) {
  const { t } = useTranslation();
  const settings = useSettings((state) => state.settings);
  const sections = sectionsFor(globalThis.window.millpondShell !== undefined);
  const chosen = sectionOf(section, sections);
  const current = chosen ?? 'general';
  const Section = content[current];
  return (
    <Page title={t('frame.page.settings')}>
      <div className={styles['layout']} data-chosen={chosen !== undefined || undefined}>
        <nav aria-label={t('settings.sections')} className={styles['sections']}>
          <ul>
            {sections.map((name) => (
              <li key={name}>
                <Link
                  to={{ page: 'settings', section: name }}
                  aria-current={name === current ? 'true' : undefined}
                  className={styles['link']}
                >
                  {t(`settings.section.${name}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <section
          aria-labelledby="settings-section"
          className={styles['column']}
          data-wide={current === 'privacy' || undefined}
        >
          <Link to={{ page: 'settings' }} className={styles['back']}>
            <Icon of={ChevronLeft} />
            {t('settings.allSections')}
          </Link>
          <h2 id="settings-section" className={styles['title']}>
            {t(`settings.section.${current}`)}
          </h2>
          {settings !== undefined && <Section key={current} />}
        </section>
      </div>
    </Page>
  );
}
