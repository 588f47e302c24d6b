/** Who makes the call. The last three have no account: they came in through a pool. */
export const columns = [
  ...(['stranger', 'viewer', 'member', 'admin', 'owner'] as const),
  ...(['viewer of the pool', 'member of the pool', 'admin of the pool'] as const),
] as const;

interface Row {
  /** In words. */
  readonly who: string;
  /** `ok` or the HTTP status, in the order of the columns. */
  readonly outcomes: string;
  readonly calls: readonly string[];
}

/**
 * What each role gets for each call of the contract. A new call has to be put somewhere here. Calls about
 * a pool, machine or invite are made about those of the pool that the last three columns are in: for
 * everybody else it does not exist.
 */
export const matrix: readonly Row[] = [
  {
    who: 'anybody',
    outcomes: 'ok ok ok ok ok ok ok ok',
    calls: words`session.open session.welcome session.setUp session.signIn session.proxySignIn session.redeemCode`,
  },
  {
    who: 'whoever is signed in, about themselves',
    outcomes: '401 ok ok ok ok ok ok ok',
    calls: words`session.me session.close server.status pools.list pools.setPassword usage.report
      usage.export`,
  },
  {
    who: 'whoever may ask models, about their own keys',
    outcomes: '401 403 ok ok ok 403 ok ok',
    calls: words`server.createKey server.listKeys server.updateKey server.revokeKey`,
  },
  {
    who: 'whoever may look at what everybody did',
    outcomes: '401 ok 403 ok ok 403 403 403',
    calls: words`activity.list activity.get alerts.list`,
  },
  {
    who: 'those who run the gateway',
    outcomes: '401 403 403 ok ok 403 403 403',
    calls: words`
      activity.cancel audit.list audit.export config.status config.check config.export config.import
      people.list people.create people.importCsv people.update people.remove people.resetPassword
      providers.presets providers.list providers.add providers.update providers.remove
      providers.addKey providers.removeKey providers.check providers.reset
      aliases.list aliases.save aliases.remove prices.list prices.set prices.remove
      alerts.settings alerts.update alerts.test alerts.secret alerts.newSecret server.modelLimits server.setModelLimits`,
  },
  {
    who: 'everybody in the pool',
    outcomes: '401 404 404 404 ok ok ok ok',
    calls: words`pools.overview pools.members pools.ledger pools.machine`,
  },
  {
    who: 'those who run the pool',
    outcomes: '401 404 404 404 ok 403 403 ok',
    calls: words`
      pools.update pools.invites pools.createInvite pools.createInvites pools.revokeInvite
      pools.updateMember pools.removeMember pools.updateMachine pools.drainMachine pools.revokeMachine
      pools.commandMachine pools.probeMachine`,
  },
  {
    who: 'the owner of this machine',
    outcomes: '401 403 403 403 ok 403 403 403',
    calls: words`
      session.createCode system.status system.log system.shutdown system.restart command.status command.set
      firstAid.examine firstAid.mend firstAid.report firstAid.backups firstAid.backUp firstAid.restore
      settings.get settings.update privacy.contacts server.update
      updates.status updates.check updates.apply updates.cancel updates.hurry updates.putOff
      updates.back
      models.list models.get models.load models.unload models.update models.rescan models.count
      models.predict models.suggest models.found models.useStores models.import models.remove
      models.restore models.verify models.repair
      hub.status hub.search hub.model hub.starters hub.setToken hub.setEndpoint
      downloads.list downloads.start downloads.pause downloads.resume downloads.cancel
      downloads.prioritize
      chats.list chats.create chats.get chats.update chats.remove chats.restore chats.send
      chats.regenerate chats.continueAnswer chats.stop chats.exportChat chats.attach
      chats.choosePages chats.attachmentText chats.picture chats.presets chats.createPreset
      chats.updatePreset chats.removePreset
      servers.list servers.detect servers.add servers.update servers.remove
      pools.start pools.remove pools.updateReach pools.answerKnock
      memberships.list memberships.preview memberships.join memberships.ask memberships.cancelAsk
      memberships.update memberships.reconnect memberships.leave
      sharing.get sharing.wish sharing.update`,
  },
];

function words(strings: TemplateStringsArray): readonly string[] {
  return strings.join('').trim().split(/\s+/);
}
