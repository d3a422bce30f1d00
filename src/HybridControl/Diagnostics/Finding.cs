namespace HybridControl.Diagnostics;

/// <summary>One thing that is wrong with a model, a file or an option: where, what, and how to mend it.</summary>
/// <param name="Where">The place in the user's own terms, such as <c>modes.fall.flow.v</c>.</param>
/// <param name="What">What is wrong, with the values that clash. A sentence without a full stop.</param>
/// <param name="Mend">The next thing to try. A whole sentence, or empty.</param>
/// <param name="Severity">Whether the model can be used all the same.</param>
public sealed record Finding(string Where, string What, string Mend = "", Severity Severity = Severity.Error)
{
    /// <summary>The finding as one line.</summary>
    public override string ToString() => Mend.Length == 0 ? $"{Where}: {What}." : $"{Where}: {What}. {Mend}";
}
