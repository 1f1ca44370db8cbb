"""Draws the narrative: headings, sentences with and without figures, and other tables."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from .agencies import Agency
from .model import Block, Cell, Paragraph, Row, Table, Truth

OPENINGS = (
    "{y}年，{w}坚持以习近平新时代中国特色社会主义思想为指导，认真贯彻落实《中华人民共和国政府信息公开条例》"
    "（国务院令第711号），坚持以公开为常态、不公开为例外，扎实推进政府信息公开各项工作。",
    "根据《中华人民共和国政府信息公开条例》有关规定，特公布{a}{y}年政府信息公开工作年度报告。"
    "本报告中所列数据的统计期限自{y}年1月1日起至{y}年12月31日止。",
    "{y}年，在上级政务公开主管部门的指导下，{w}围绕中心工作，聚焦群众关切，"
    "不断拓展公开渠道，规范公开流程，政府信息公开工作取得新的进展。",
)
PLAIN = (
    "一是加强组织领导。成立政务公开工作领导小组，明确分管领导和具体承办科室，做到责任到岗、任务到人。",
    "二是完善工作机制。修订政府信息公开指南，健全信息发布审核制度，严格执行“三审三校”。",
    "三是强化平台建设。依托政府门户网站设置政府信息公开专栏，及时更新机构职能、政策文件等信息。",
    "围绕重点领域，及时公开财政预决算、重大建设项目、公共资源配置、社会公益事业等信息。",
    "严格落实政策解读“三同步”，通过图文、视频、专家访谈等形式开展多元化解读。",
    "加强政务新媒体规范管理，清理整合长期不更新的账号，提升信息发布质量。",
    "组织开展政务公开业务培训，邀请有关专家授课，切实提高工作人员业务能力和水平。",
    "将政务公开工作纳入年度绩效考核，建立健全监督检查和通报机制，推动工作落到实处。",
    "对依申请公开工作实行台账管理，规范登记、审核、办理、答复、归档各环节。",
)
PROBLEMS = (
    "一是主动公开的内容还需进一步丰富；二是政策解读形式较为单一；三是工作人员业务水平有待提高。",
    "政府信息公开工作虽然取得了一定成效，但与上级要求和群众期盼相比还有一定差距，公开的及时性有待增强。",
    "下一步，{w}将进一步健全制度，加强业务培训，拓宽公开渠道，不断提升政府信息公开工作水平。",
    "主要问题是部分科室对信息公开工作重视不够。改进措施：一是提高思想认识，二是加强督促检查。",
)
HEADINGS = {
    "overview": ("一、总体情况", "一、总体情况", "一、工作基本情况"),
    "proactive": (
        "二、主动公开政府信息情况",
        "二、主动公开政府信息情况",
        "二、行政机关主动公开政府信息情况",
    ),
    "requests": ("三、收到和处理政府信息公开申请情况",) * 2
    + ("三、行政机关收到和处理政府信息公开申请情况",),
    "disputes": ("四、政府信息公开行政复议、行政诉讼情况",) * 2
    + ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",),
    "problems": ("五、存在的主要问题及改进情况",) * 2
    + ("五、政府信息公开工作存在的主要问题及改进情况",),
    "other": ("六、其他需要报告的事项",),
}
SUBHEADINGS = (
    "（一）主动公开情况",
    "（二）依申请公开情况",
    "（三）政府信息管理情况",
    "（四）政府信息公开平台建设情况",
    "（五）监督保障情况",
)
Statements = dict[str, Decimal]


def narrative(
    rng: Random, agency: Agency, year: int, truth: dict[str, Truth]
) -> tuple[list[Block], Statements]:
    """The first section, with the figures of the tables stated in some of its sentences."""
    fill = {"y": year, "w": agency.we, "a": agency.name}
    stated: Statements = {}
    openings = OPENINGS if year >= 2019 else OPENINGS[1:]
    blocks: list[Block] = [Paragraph(rng.choice(openings).format(**fill))]
    for index, subheading in enumerate(SUBHEADINGS):
        sentences = rng.sample(PLAIN, rng.randint(1, 3))
        if index == 0 and rng.random() < 0.7:
            sentences.insert(0, _channels(rng, fill))
        if index == 1:
            sentences += _requests(rng, truth, stated)
        if rng.random() < 0.8:
            blocks.append(Paragraph(subheading, "subheading"))
        blocks.append(Paragraph("".join(sentences)))
        if index == 3 and rng.random() < 0.25:
            blocks += other_table(rng)
    return blocks, stated


def _channels(rng: Random, fill: dict[str, object]) -> str:
    parts = [rng.randint(1, 3000) for _ in range(3)]
    return (
        f"{fill['y']}年，通过政府网站公开信息{parts[0]}条，政务微博公开信息{parts[1]}条，"
        f"微信公众号发布信息{parts[2]}条，全年共主动公开政府信息{sum(parts)}条。"
    )


def _figure(truth: dict[str, Truth], *refs: str) -> Decimal | None:
    """The sum of figures that all stand on the page."""
    cells = [truth.get(ref) for ref in refs]
    if any(cell is None or cell.value is None for cell in cells):
        return None
    return sum((cell.value or Decimal(0) for cell in cells if cell), Decimal(0))


def _requests(rng: Random, truth: dict[str, Truth], stated: Statements) -> list[str]:
    modern = "requests.new@total" in truth
    suffix = next(
        (s for s in ("@this_year", "@this_period", "") if f"disputes.review{s}" in truth), ""
    )
    received = "requests.new@total" if modern else f"requests.received{suffix}"
    review = "disputes.review@total" if modern else f"disputes.review{suffix}"
    out = []
    new = _figure(truth, received)
    if new is not None and rng.random() < 0.8:
        # Some texts differ from their own table; the statement is what the text says.
        new += rng.randint(1, 9) if new and rng.random() < 0.06 else 0
        stated[received] = new
        out.append(_received(rng, int(new)))
        if modern and new:
            out.append(_carried(rng, truth, stated))
    cases = _figure(truth, review)
    lawsuits = (
        _figure(truth, "disputes.litigation_direct@total", "disputes.litigation_after_review@total")
        if modern
        else _figure(truth, f"disputes.litigation{suffix}")
    )
    if cases is not None and lawsuits is not None and rng.random() < 0.6:
        stated[review] = cases
        if not modern:
            stated[f"disputes.litigation{suffix}"] = lawsuits
        out.append(_disputes(rng, int(cases), int(lawsuits)))
    return out


def _received(rng: Random, new: int) -> str:
    if not new:
        return rng.choice(
            (
                "全年未收到政府信息公开申请。",
                "本年度，没有收到政府信息公开申请。",
                "全年收到政府信息公开申请0件。",
            )
        )
    return rng.choice(
        (
            "全年共收到政府信息公开申请{n}件。",
            "本年度新收政府信息公开申请{n}件。",
            "全年收到依申请公开{n}件，",
            "全年共受理政府信息公开申请 {n} 件。",
        )
    ).format(n=new)


def _carried(rng: Random, truth: dict[str, Truth], stated: Statements) -> str:
    carried_in = _figure(truth, "requests.carried_in@total")
    total = _figure(truth, "requests.results.total@total")
    carried_out = _figure(truth, "requests.carried_out@total")
    if carried_in is None or total is None or carried_out is None or rng.random() < 0.3:
        return "均按规定办理。"
    stated["requests.results.total@total"] = total
    parts = [f"上年结转{carried_in}件"] if carried_in else []
    if carried_in:
        stated["requests.carried_in@total"] = carried_in
    parts.append(f"已办结{total}件")
    if carried_out:
        stated["requests.carried_out@total"] = carried_out
        parts.append(f"结转下年度继续办理{carried_out}件")
    return "，".join(parts) + "。"


def _disputes(rng: Random, cases: int, lawsuits: int) -> str:
    if not cases and not lawsuits:
        return rng.choice(
            (
                "全年无因政府信息公开引起的行政复议、行政诉讼。",
                "未发生因政府信息公开被申请行政复议、提起行政诉讼的情况。",
            )
        )
    return f"因政府信息公开被申请行政复议{cases}件，被提起行政诉讼{lawsuits}件。"


def other_table(rng: Random) -> list[Block]:
    """A table that is no form: to be left alone."""
    if rng.random() < 0.5:
        return _channel_table(rng)
    rows = [["姓名", "职务", "联系电话"], ["张某某", "组长", "0370-3288305"]]
    rows += [[f"{name}某", "成员", f"0370-{rng.randint(2000000, 8999999)}"] for name in "李王赵"]
    table = Table(None, None, _plain_rows(rows), [1.0, 1.0, 1.6])
    return [Paragraph("政务公开工作领导小组成员名单", "caption"), table]


def _channel_table(rng: Random) -> list[Block]:
    names = ("政府网站", "政务微博", "政务微信", "政务公开栏", "其他方式")
    rows = [["公开渠道", "单位", "公开数量"]]
    rows += [[name, "条", str(rng.randint(0, 4000))] for name in rng.sample(names, 4)]
    table = Table(None, None, _plain_rows(rows), [2.0, 1.0, 1.4])
    return [Paragraph("通过各渠道主动公开政府信息情况统计如下：", "body"), table]


def _plain_rows(rows: list[list[str]]) -> list[Row]:
    head, *body = rows
    out = [Row([Cell(text, "head") for text in head], head=True)]
    return out + [Row([Cell(text, "filler") for text in texts]) for texts in body]


def problems(rng: Random, agency: Agency) -> list[Block]:
    texts = rng.sample(PROBLEMS, rng.randint(1, 3))
    return [Paragraph(text.format(w=agency.we)) for text in texts]


def other_matters(rng: Random) -> list[Block]:
    text = rng.choice(
        (
            "无。",
            "无",
            "无其他需要报告的事项。",
            "本年度未收取信息处理费。",
            "本年度没有需要报告的其他事项。",
        )
    )
    return [Paragraph(text)]
