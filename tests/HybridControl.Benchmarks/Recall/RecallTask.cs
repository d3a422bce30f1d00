using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Numerics;

namespace HybridControl.Benchmarks.Recall;

/// <summary>Associative recall: pairs of a key and a value, then keys alone, whose values are asked for.</summary>
/// <remarks>A row holds a key and, among the pairs, a value, each as one of 64. After S. Arora et al., arXiv 2312.04927, section 3.</remarks>
internal sealed class RecallTask : IStudyTask
{
    private const int Keys = 64;
    private const int Values = 64;
    private const int Queries = 8;
    private const int Judged = 64;
    private const long FirstJudged = 1L << 40;

    public string Name => "recall";

    public string Measure => "share of values recalled, in percent";

    public int Signals => Keys + Values;

    public int Outputs => Values;

    public int[] Lengths => [4, 8, 16, 32, 64];

    public int Steps => 2000;

    public string Format => "F1";

    public int RowsOf(int length) => length + Queries;

    public Variable Loss(SequenceModel model, Tape tape, BoundParameters bound, int length, int batch, ulong seed, long first)
    {
        (Variable logits, int[] answers) = Answer(model, tape, bound, length, batch, seed, first);
        return tape.Scale(tape.Total(tape.CrossEntropy(logits, answers)), 1.0 / answers.Length);
    }

    public double Score(SequenceModel model, int length, ulong seed)
    {
        var tape = new Tape();
        (Variable logits, int[] answers) = Answer(model, tape, model.Parameters.Bind(tape), length, Judged, seed, FirstJudged);
        ReadOnlySpan<double> values = tape.Value(logits);
        int right = 0;
        for (int k = 0; k < answers.Length; k++)
        {
            int best = 0;
            for (int j = 1; j < Values; j++)
            {
                best = values[At(k, j)] > values[At(k, best)] ? j : best;
            }

            right += best == answers[k] ? 1 : 0;
        }

        return 100.0 * right / answers.Length;

        static int At(int answer, int value) => (((answer / Judged * Values) + value) * Judged) + (answer % Judged);
    }

    private (Variable Logits, int[] Answers) Answer(
        SequenceModel model, Tape tape, BoundParameters bound, int length, int batch, ulong seed, long first)
    {
        var rows = new double[RowsOf(length) * Signals * batch];
        var answers = new int[Queries * batch];
        Span<int> keys = stackalloc int[Keys];
        Span<int> values = stackalloc int[Keys];
        for (int b = 0; b < batch; b++)
        {
            int draw = 0;
            for (int i = 0; i < Keys; i++)
            {
                keys[i] = i;
            }

            for (int i = 0; i < length; i++)
            {
                int other = i + Next(Keys - i);
                (keys[i], keys[other]) = (keys[other], keys[i]);
                values[i] = Next(Values);
                Set(i, keys[i]);
                Set(i, Keys + values[i]);
            }

            for (int i = 0; i < Queries; i++)
            {
                int asked = Next(length);
                Set(length + i, keys[asked]);
                answers[(i * batch) + b] = values[asked];
            }

            int Next(int count) => (int)(count * Philox4x32.Uniform(seed, first + b, 1, draw++));

            void Set(int row, int signal) => rows[(((row * Signals) + signal) * batch) + b] = 1.0;
        }

        return (model.Forward(tape, bound, tape.Constant(rows, batch, RowsOf(length), Signals), from: length), answers);
    }
}
