using System.Collections.Immutable;
using HybridControl.Dynamics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>An input as data slots: the coefficients of the piece of its signal that is in force.</summary>
/// <remarks>
/// A constant, a step or a held table is one slot; a ramp or a linear table is u0 + u1 (t - u2); a sine is
/// u0 + u1 sin(u2 t + u3). Between breakpoints the input is thus an expression of time, and guards stay provable.
/// A delegate is one slot that is refreshed before each evaluation.
/// </remarks>
internal sealed class InputSlots
{
    private readonly Signal _signal;
    private readonly int _first;

    public InputSlots(InputVariable input, SlotMap slots)
    {
        Name = input.Name;
        _signal = input.Signal;
        int count = _signal switch
        {
            RampSignal or TableSignal { Linear: true } => 3,
            SineSignal => 4,
            _ => 1,
        };
        Expr Slot(int i) => Expr.Variable(VariableKind.Parameter, $"#{Name}{i}");
        _first = slots.DataCount;
        for (int i = 0; i < count; i++)
        {
            slots.Add(VariableKind.Parameter, $"#{Name}{i}");
        }

        Expr definition = count switch
        {
            3 => Slot(0) + (Slot(1) * (Expr.Time - Slot(2))),
            4 => Slot(0) + (Slot(1) * Expr.Sin((Slot(2) * Expr.Time) + Slot(3))),
            _ => Slot(0),
        };
        slots.Define(VariableKind.Input, Name, definition);
    }

    /// <summary>Name of the input.</summary>
    public string Name { get; }

    /// <summary>Its first slot; a value written from outside goes there.</summary>
    public int FirstSlot => _first;

    /// <summary>Whether the signal is a delegate.</summary>
    public bool IsDelegate => _signal is DelegateSignal;

    /// <summary>Breakpoints of the signal.</summary>
    public ImmutableArray<double> Breakpoints => _signal.Breakpoints;

    /// <summary>The value of the signal at a time.</summary>
    public double Evaluate(double time) => _signal.Evaluate(time);

    /// <summary>Writes the coefficients of the piece in force from <paramref name="time"/> on.</summary>
    public void Write(double time, Span<double> data)
    {
        switch (_signal)
        {
            case RampSignal ramp:
                bool inside = time >= ramp.Start && time < ramp.End;
                WriteLine(data, inside ? ramp.From : ramp.Evaluate(time), inside ? (ramp.To - ramp.From) / (ramp.End - ramp.Start) : 0.0, ramp.Start);
                break;
            case TableSignal { Linear: true } table:
                int next = table.Times.BinarySearch(time);
                next = next >= 0 ? next + 1 : ~next;
                if (next == 0 || next == table.Times.Length)
                {
                    WriteLine(data, table.Evaluate(time), 0.0, 0.0);
                }
                else
                {
                    double slope = (table.Values[next] - table.Values[next - 1]) / (table.Times[next] - table.Times[next - 1]);
                    WriteLine(data, table.Values[next - 1], slope, table.Times[next - 1]);
                }

                break;
            case SineSignal sine:
                data[_first] = sine.Offset;
                data[_first + 1] = sine.Amplitude;
                data[_first + 2] = 2.0 * Math.PI * sine.Frequency;
                data[_first + 3] = sine.Phase;
                break;
            default:
                data[_first] = _signal.Evaluate(time);
                break;
        }
    }

    /// <summary>Holds the input at a value written from outside.</summary>
    public void Hold(double value, Span<double> data)
    {
        data[_first] = value;
        if (_signal is RampSignal or TableSignal { Linear: true } or SineSignal)
        {
            data[_first + 1] = 0.0;
        }
    }

    private void WriteLine(Span<double> data, double value, double slope, double origin)
    {
        data[_first] = value;
        data[_first + 1] = slope;
        data[_first + 2] = origin;
    }
}
