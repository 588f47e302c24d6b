import type { Clock } from '../../../core/clock.ts';
import type { InferenceRequest } from '../../../core/inference.ts';
import type { Upstream } from '../../ports.ts';
import { BoundedMap } from './bounded-map.ts';
import { estimate, unknownRates } from './estimate.ts';
import type { Estimate, Machine, Question, Running } from './estimate.ts';
import { Expectations } from './expectations.ts';
import { HeldPrompts } from './held-prompts.ts';
import { byCost, keepHome } from './order.ts';
import type { Candidate } from './order.ts';
import { modelKeyOf } from './ranking.ts';
import type {
  ExpectedTime,
  ExpectedTimeDeps,
  InFlight,
  InFlightOf,
  RankedUpstream,
  SentAnswer,
} from './ranking.ts';
import { RateBook } from './rate-book.ts';
import { hashText } from './rendezvous.ts';
import { SentOnce } from './sent-answer.ts';
