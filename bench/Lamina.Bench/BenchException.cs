using System;

namespace Lamina.Bench;

/// <summary>A benchmark could not be run to its end; the message says which and why.</summary>
public sealed class BenchException(string message) : Exception(message);
