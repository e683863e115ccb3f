/** Pictures made small before they are kept: they load on a slow line, and carry no place or time of taking. */

const LONGEST = 1600; // pixels; still readable as a photographed slip of paper
const THUMB = 320;
const QUALITY = 0.85;

async function drawn(file: File, longest: number): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.fillStyle = "#fff"; // what was see-through would turn black in a JPEG
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  }
  bitmap.close();
  return canvas;
}

/** The picture again as a JPEG, at most `longest` pixels on its long side. @throws when it is not a picture */
export async function smaller(file: File, longest: number | null): Promise<File> {
  const canvas = await drawn(file, longest ?? LONGEST);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new Error("no picture");
  return new File([blob], "photo.jpg", { type: "image/jpeg" });
}

/** A small copy to show, as a data address (the page's policy allows no other kind). */
export async function preview(file: File): Promise<string> {
  return (await drawn(file, THUMB)).toDataURL("image/jpeg", QUALITY);
}
