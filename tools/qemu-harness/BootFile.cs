namespace Lamina.QemuHarness;

/// <summary>A file that travels with the image.</summary>
/// <param name="Name">Its name in <c>\lamina\</c>, and the first word of its module's command line by multiboot.</param>
/// <param name="Path">Where it lies on this computer.</param>
public sealed record BootFile(string Name, string Path);
