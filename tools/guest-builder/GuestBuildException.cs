using System;

namespace Lamina.GuestBuilder;

/// <summary>A guest could not be made; the message is for the person at the terminal and says what would help.</summary>
public class GuestBuildException(string message) : Exception(message);
