namespace Lamina.SystemTests;

/// <summary>A test of VT-x.</summary>
public sealed class OnIntelAttribute(params object[] arguments) : PlatformDataAttribute([Platform.IntelBochs], arguments);
