using System;

namespace Lamina.ImageBuilder;

/// <summary>The image could not be built. The message is for the person who asked for it.</summary>
public sealed class BuildException(string message) : Exception(message);
