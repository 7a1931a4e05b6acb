using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Xunit.Sdk;

namespace Lamina.SystemTests;

/// <summary>
/// Rows of a theory whose first argument is the <see cref="Platform"/>, one for each of <paramref name="platforms"/>. The report puts those with the same
/// further arguments into one row of its table, so nothing that depends on the platform belongs among them.
/// </summary>
/// <param name="platforms">Where the test runs.</param>
/// <param name="arguments">The theory's further arguments.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public abstract class PlatformDataAttribute(Platform[] platforms, object[] arguments) : DataAttribute
{
    /// <summary>The environment's word, set by <c>test --all</c>, that everything is to run.</summary>
    private const string AllVariable = "LAMINA_TEST_ALL";

    /// <summary>Why a row is not run that <c>test --all</c> would run. The report knows it by this text.</summary>
    private const string OnlyWithAllReason = "only with --all";

    /// <summary>Whether the rows are too slow for the ordinary run.</summary>
    public bool OnlyWithAll { get; set; }

    /// <inheritdoc/>
    public override string? Skip
    {
        get => base.Skip ?? (OnlyWithAll && Environment.GetEnvironmentVariable(AllVariable) != "1" ? OnlyWithAllReason : null);
        set => base.Skip = value;
    }

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => platforms.Select(platform => (object[])[platform, .. arguments]);
}
