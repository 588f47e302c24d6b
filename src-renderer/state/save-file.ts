/** Hands a text to the browser as a download. */
export function saveFile(fileName: string, mediaType: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The download has its own hold on the blob by the next turn.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  });
}
