using System.Collections.Generic;

namespace Lamina.Auditor;

/// <summary>What the auditor found.</summary>
/// <param name="Offences">What must not be.</param>
/// <param name="Report">What it counted, a line each.</param>
public sealed record AuditResult(IReadOnlyList<Offence> Offences, IReadOnlyList<string> Report);
