namespace Lamina.SystemTests;

/// <summary>A test on both processors that Bochs shows.</summary>
public sealed class OnBochsAttribute(params object[] arguments) : PlatformDataAttribute([Platform.AmdBochs, Platform.IntelBochs], arguments);
