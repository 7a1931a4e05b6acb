using System;

namespace Lamina.QemuHarness;

/// <summary>The emulator, or a tool that makes its boot medium, is missing or failed. The message says which and what would help.</summary>
public sealed class HarnessException(string message) : Exception(message);
