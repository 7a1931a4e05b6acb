namespace Lamina.SystemTests;

/// <summary>A test on QEMU.</summary>
public sealed class OnQemuAttribute(params object[] arguments) : PlatformDataAttribute([Platform.AmdQemu], arguments);
