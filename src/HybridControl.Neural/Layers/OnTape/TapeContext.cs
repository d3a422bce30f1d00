using HybridControl.Diagnostics;
using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Where a part of a model stands: the parameters it adds to, its place in their names, and the findings.</summary>
internal sealed record TapeContext(ParameterSet Parameters, string Place, int Width, FindingList Findings)
{
    /// <summary>The context of a part of this part.</summary>
    public TapeContext Below(string name) => this with { Place = Named(name) };

    /// <summary>A name below this place.</summary>
    public string Named(string name) => Place.Length == 0 ? name : $"{Place}.{name}";

    /// <summary>Adds a parameter of zeros.</summary>
    public Parameter Add(string name, int rows, int columns) => Parameters.Add(Named(name), rows, columns);

    /// <summary>Notes what cannot be trained, unless it is not asked for.</summary>
    public void Refuse(bool asked, string what)
    {
        if (asked)
        {
            Findings.Error(Place.Length == 0 ? "stack" : Place, $"{what} cannot be trained", "Leave it out, or train elsewhere and load the checkpoint.");
        }
    }
}

/// <summary>A part of a model on a tape: rows of tokens in, rows of tokens out.</summary>
internal interface ITapeLayer
{
    /// <summary>Draws the first values of the parameters.</summary>
    /// <param name="start">Where from.</param>
    void Initialize(Start start);

    /// <summary>The output for a batch of sequences, rows by width.</summary>
    Variable Forward(Tape tape, BoundParameters bound, Variable x);
}
