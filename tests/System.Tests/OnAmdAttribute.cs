namespace Lamina.SystemTests;

/// <summary>A test of AMD-V, on both emulators.</summary>
public sealed class OnAmdAttribute(params object[] arguments) : PlatformDataAttribute([Platform.AmdQemu, Platform.AmdBochs], arguments);
