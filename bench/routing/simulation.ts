import { Agenda } from './agenda.ts';
import type { NodeSpec } from './fleet.ts';
import { createJob } from './job.ts';
import type { Job } from './job.ts';
import type { Choice, NodeView, Policy } from './policy.ts';
import { SimNode } from './sim-node.ts';
import type { NodeNews } from './sim-node.ts';
import type { Conversation, Trace } from './trace.ts';

/** Requests of the gateway's line that are looked at when something changed, from its head on. */
const lookAhead = 64;

export interface SimulationResult {
  /** Every request of the trace, answered, in order of arrival. */
  readonly jobs: readonly Job[];
  /** Milliseconds until the last one was. */
  readonly spanMs: number;
  /** What this computer took for each decision: the one figure that no seed repeats. */
  readonly decisionMs: readonly number[];
}

interface Machine extends NodeView {
  inFlight: number;
}

/**
 * Runs one trace through one policy: an event at a time, each at its own moment, nothing left to
 * chance. A machine that goes loses what it was doing; the gateway sends it elsewhere, first in line.
 */
export class Simulation {
  private readonly policy: Policy;
  private readonly machines: readonly Machine[];
  private readonly agenda = new Agenda();
  private readonly line: Job[] = [];
  private readonly jobs: Job[] = [];
  private readonly decisionMs: number[] = [];
  private unanswered: number;
  private at = 0;

  constructor(trace: Trace, fleet: readonly NodeSpec[], policy: Policy) {
    this.policy = policy;
    this.machines = fleet.map((spec) => ({ spec, node: new SimNode(spec), inFlight: 0 }));
    this.unanswered = trace.conversations.reduce((sum, { turns }) => sum + turns.length, 0);
    for (const conversation of trace.conversations) {
      this.agenda.add(conversation.startMs, () => {
        this.ask(conversation, 0);
      });
    }
    for (const machine of this.machines) this.planAbsences(machine);
  }

  run(): SimulationResult {
    while (this.unanswered > 0) {
      const machine = this.nextMachine();
      const machineAt = machine?.node.nextAt() ?? Number.POSITIVE_INFINITY;
      const deedAt = this.agenda.nextAt();
      this.at = Math.min(machineAt, deedAt);
      if (this.at === Number.POSITIVE_INFINITY) throw new Error(`${this.policy.name} is stuck`);
      if (machine !== undefined && machineAt <= deedAt) {
        this.learn(machine, machine.node.advance(this.at));
      } else this.agenda.take()();
      this.dispatch();
    }
    return { jobs: this.jobs, decisionMs: this.decisionMs, spanMs: this.at };
  }

  private ask(conversation: Conversation, turn: number): void {
    const job = createJob(conversation, turn, { index: this.jobs.length, arrivedAt: this.at });
    this.jobs.push(job);
    this.line.push(job);
  }

  /** Gives each of the line's first to a machine, as far as the policy wants to. */
  private dispatch(): void {
    let index = 0;
    while (index < Math.min(this.line.length, lookAhead)) {
      const job = this.line[index];
      const choice = job && this.decide(job, index);
      if (job === undefined || choice === undefined) {
        index += 1;
        continue;
      }
      this.line.splice(index, 1);
      this.send(job, choice);
    }
  }

  private decide(job: Job, position: number): Choice | undefined {
    const online = this.machines.filter(({ node }) => node.isOnline);
    if (online.length === 0) return undefined;
    const startedAt = performance.now();
    const choice = this.policy.choose(job, online, { at: this.at, position });
    this.decisionMs.push(performance.now() - startedAt);
    return choice;
  }

  private send(job: Job, choice: Choice): void {
    const machine = this.machines.find(({ node }) => node === choice.node.node);
    if (machine === undefined) throw new Error(`${this.policy.name} chose a stranger`);
    machine.inFlight += 1;
    this.policy.sent?.(job, choice, this.at);
    this.learn(machine, machine.node.take(job, this.at, choice.slot));
  }

  private learn(machine: Machine, news: readonly NodeNews[]): void {
    const { roundTripMs } = machine.spec;
    for (const { job, ...what } of news) {
      if (what.kind === 'first-token') {
        job.firstTokenAt ??= this.at + roundTripMs;
        this.policy.firstToken?.(job, this.at);
        continue;
      }
      this.finish(job, machine);
      this.policy.ended?.(job, what.figures, this.at);
      const contents = machine.node.contents();
      this.agenda.add(this.at + roundTripMs / 2, () => {
        this.policy.reported?.(machine, contents, this.at);
      });
    }
  }

  private finish(job: Job, machine: Machine): void {
    machine.inFlight -= 1;
    job.endedAt = this.at;
    this.unanswered -= 1;
    const next = job.conversation.turns[job.turn + 1];
    if (next === undefined) return;
    this.agenda.add(this.at + next.thinkMs, () => {
      this.ask(job.conversation, job.turn + 1);
    });
  }

  private planAbsences(machine: Machine): void {
    for (const { from, until } of machine.spec.absences) {
      this.agenda.add(from, () => {
        this.lose(machine);
      });
      this.agenda.add(until, () => {
        machine.node.return(this.at);
      });
    }
  }

  private lose(machine: Machine): void {
    const lost = machine.node.leave(this.at);
    for (const job of lost) {
      machine.inFlight -= 1;
      this.policy.ended?.(job, undefined, this.at);
    }
    this.policy.gone?.(machine);
    this.line.unshift(...lost);
  }

  private nextMachine(): Machine | undefined {
    let first: Machine | undefined;
    let firstAt = Number.POSITIVE_INFINITY;
    for (const machine of this.machines) {
      const at = machine.node.nextAt();
      if (at < firstAt) [first, firstAt] = [machine, at];
    }
    return first;
  }
}
