namespace Lamina.SystemTests;

/// <summary>A test of the one list: the same on every platform.</summary>
public sealed class OnEveryPlatformAttribute(params object[] arguments) : PlatformDataAttribute([Platform.AmdQemu, Platform.AmdBochs, Platform.IntelBochs], arguments);
