import { followChats } from './chats.ts';
import { followLine } from './line.ts';

let isFollowing = false;

/**
 * Follows chats from the first visit until the window closes: a message in line goes out and an answer
 * grows also while another page is on screen.
 */
export function keepFollowing(): void {
  if (isFollowing) return;
  isFollowing = true;
  followChats();
  followLine();
}
